"""The commands of `redress`, one file per group; terminal and `--json` output."""
