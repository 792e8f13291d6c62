FAULTS: tuple[()] = ()
