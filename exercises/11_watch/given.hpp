#pragma once
#include <09_mpsc/given.hpp>
