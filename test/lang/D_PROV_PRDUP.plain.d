provider sample {
	probe a__b(int);
	probe a__b(int);
};
