"""Paying for an account without signing in: with two things that stand on its bill, or by a link of ours."""
