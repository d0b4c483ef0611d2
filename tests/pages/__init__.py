"""The running product that the tests of every page look at: people, cases in every state, rows, and the looking."""
