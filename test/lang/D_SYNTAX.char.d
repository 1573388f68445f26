BEGIN { a # b }
