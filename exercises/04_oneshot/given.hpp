#pragma once
#include <03_block_on/block_on.hpp>
