#!/bin/sh
# While packages are installed no service starts: nothing may answer before its configuration is there. Removed by the
# last step of the user data.
exit 101
