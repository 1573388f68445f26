BEGIN { this->y = this->x + 1; }
