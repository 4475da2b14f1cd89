"""The documents of an order: made once, as PDF, as pictures of pages and as the text of them."""
