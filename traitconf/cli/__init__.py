"""The command line. Each command is its own file, imported when it is used; stdout is data, stderr is talk."""
