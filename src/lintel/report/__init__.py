"""What is told to people: tables, pictures, and counts made fit for the public."""
