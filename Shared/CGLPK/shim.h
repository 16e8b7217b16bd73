// GLPK, the GNU linear programming kit (Debian: libglpk-dev). It has no pkg-config file.
#pragma once
#include <glpk.h>
