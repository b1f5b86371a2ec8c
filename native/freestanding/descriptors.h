#pragma once

#include "freestanding/kernel.h"

/* Closes `first` and all above: what a careless part of the program that started us left open. */
void close_from(int first);
