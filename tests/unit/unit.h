/* What every unit test includes. */
#ifndef TESTS_UNIT_H
#define TESTS_UNIT_H
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#define RUN(tests) cmocka_run_group_tests_name(__FILE__, tests, NULL, NULL)
#endif
