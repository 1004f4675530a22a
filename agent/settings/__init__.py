"""The settings: one TOML file, checked whole before anything runs, and the documents that describe it."""

from agent.settings.advice import advice
from agent.settings.example import example
from agent.settings.load import load
from agent.settings.reference import reference
from agent.settings.schema import schema
from agent.settings.settings import Settings
from agent.settings.show import show, summary

__all__ = ["Settings", "advice", "example", "load", "reference", "schema", "show", "summary"]
