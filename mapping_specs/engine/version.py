"""The version of what the engine computes: a change of any result is a new one."""

ENGINE_VERSION = "1.0.0"
