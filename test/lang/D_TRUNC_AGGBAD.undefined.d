BEGIN { trunc(@nowhere, 1); }
