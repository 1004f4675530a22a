"""``agent run``: the service."""

import os
import threading

import typer

from agent.cli.invocation import invocation

app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def run(context: typer.Context) -> None:
    """Keep both sides equal until told to stop; systemd starts it so."""
    from agent import __version__, log  # noqa: PLC0415 - keeps `agent --help` light
    from agent.composition import Observers, compose  # noqa: PLC0415 - likewise
    from agent.service.daemon import run_daemon  # noqa: PLC0415 - likewise
    from agent.service.metrics import Metrics  # noqa: PLC0415 - likewise
    from agent.service.notify import notifier  # noqa: PLC0415 - likewise
    from agent.service.plan_told import plan_told  # noqa: PLC0415 - likewise
    from agent.service.work import lanes  # noqa: PLC0415 - likewise

    settings = invocation(context).settings()
    log.configure(settings.daemon.log_level)
    metrics, stop = Metrics(__version__), threading.Event()
    watch = Observers(metrics.external_call, metrics.request)
    agent = compose(settings, os.environ, watch, stop, on_action=metrics.action, on_plan=plan_told(metrics))
    try:
        run_daemon(lanes(agent, metrics), metrics, notifier(os.environ), settings.daemon.address, stop)
    finally:
        agent.close()
