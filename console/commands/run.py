"""`sigap run` and `sigap init`."""

import typer


def run() -> None:
    """Run everything in the foreground; Ctrl-C stops it."""
    import asyncio

    from console.checkout import settings_here
    from console.processes import banner, check_ports, only_one, prepare, printer, stages
    from console.supervise import Supervisor

    settings = settings_here()
    check_ports(settings)
    with only_one(settings):
        report = printer(settings.log == "json")
        supervisor = Supervisor(stages(settings), settings.run_dir, report)
        prepare(settings)
        raise typer.Exit(asyncio.run(supervisor.run(banner(settings))))


def init() -> None:
    """Check the files, make the tables and the installation's key; `sigap run` does it by itself."""
    from console.checkout import settings_here
    from console.prepare import prepare
    from console.printing import say

    settings = settings_here()
    for line in prepare(settings):
        say(line)
    say(f"ready: {settings.data_dir}")
