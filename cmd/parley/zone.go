package main

import _ "time/tzdata" // time zones by name, also where the machine has none
