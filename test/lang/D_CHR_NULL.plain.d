BEGIN { ''; }
