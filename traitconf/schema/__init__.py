"""What a trait is: options, members, composition, description. No configuration, no files."""
