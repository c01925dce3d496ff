"""What the verbs of the command line do: each takes parsed options and returns its JSON document."""
