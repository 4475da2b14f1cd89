"""What happened to each envelope, written down so that nobody can change it unseen."""
