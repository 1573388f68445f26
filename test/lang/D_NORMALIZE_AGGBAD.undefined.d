BEGIN { normalize(@nowhere, 2); }
