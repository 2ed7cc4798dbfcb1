"""The command line: a scenario in, an answer and a results folder out; and what goes with it.

Exit status: 0 done, 2 the user's input is wrong, 130 stopped by Ctrl-C (143 and 129 by the
signals TERM and HUP), 1 our fault.
"""

from __future__ import annotations

import argparse
import errno
import json
import logging
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from difflib import get_close_matches
from importlib import import_module
from io import TextIOWrapper
from pathlib import Path
from textwrap import fill
from typing import IO, TYPE_CHECKING, Any, Literal, NoReturn

from sim.arguments import language, whole
from sim.aside import end_copies
from sim.errors import InputError, Problem
from sim.folders import abandon, at_home
from sim.report.console import NARROWEST, WIDEST_TERMINAL, readable_console
from sim.scenario import LIMITS
from sim.texts import LANGUAGES
from sim.vocabulary import VERSION

if TYPE_CHECKING:
    from sim.question import Run
    from sim.scenario import Scenario

DONE, OUR_FAULT, WRONG_INPUT, STOPPED = 0, 1, 2, 130

STOPPED_BY = 128
"""What a system adds to a signal's number for the exit status of what the signal ended."""

SCENARIOS = "scenarios"
"""What is listed where nothing else is asked for."""


WIDEST = 100
"""Columns to which sentences are wrapped where a terminal is wider."""


LONGEST_NAME = 60
"""Letters of a new scenario's name, so that all that is named after it can be written."""

DEBUG = "SIM_DEBUG"
"""Environment variable that shows the traceback of a fault of ours."""

INSTALL = "python -m pip install -e ."
"""The line of the README that installs all that is needed."""

ACTIVATE = "source .venv/bin/activate"
"""The line of the README that makes what is installed usable."""

REPORT_TO = "the project's issue tracker (see the README)"

STOPPED_MESSAGE = "Stopped. Earlier results are as they were."

ANOTHER = "made by another version, or incomplete: run the scenario again"
"""What is said of a saved answer that cannot be printed."""

Watch = Callable[[int], None]
Step = Callable[[str], None]

ABOUT = """\
A teaching model of great-power competition and hedging in Central Asia; not a forecast.

Runs a scenario and the same world without it, over the same draws of everything that is
uncertain, prints what differs and why, and fills results/SCENARIO/ with a report.html to open in
a browser, figures, tables and arrays."""

EXAMPLES = """\
examples:
  python run.py scenarios/cpc_closure.yaml             the Caspian pipeline shut for six months
  python run.py cpc_closure --members 50               a shipped scenario by its bare name, faster
  python run.py cpc_closure --rule balance_of_threat   by another rule of choice of the states
  python run.py cpc_closure --lang zh                  a page in Chinese too; ru: in Russian
  python run.py list                                   scenarios in scenarios/, their questions
  python run.py list links                             what can be named: links, routes, kinds ...
  python run.py new my_idea                            a scenario file of your own, to fill in
  python run.py check scenarios/my_idea.yaml           is the file in order? (runs nothing)
  python run.py diff cpc_closure storm_or_order        what one supposes that the other does not
  python run.py show cpc_closure                       print a saved answer again
  python run.py explain threat                         what a name in the answer means
  python run.py why storm_or_order                     each event's part inside its family
  python run.py cpc_closure --without deliberate_cuts  without a mechanism (list mechanisms)
  python run.py play quiet --seats KAZ,RUS             a game: people hold seats, a turn a quarter
  python run.py sweep cpc_closure --runs 10000         many runs, streamed to disk
  python run.py validate                               what the articles report, and the runs
  python run.py explore cpc_closure                    a page for a class: predict, reveal, move
  python run.py app                                    the app: compose, predict, play, in a browser

`python run.py COMMAND --help` tells more of a command: check, diff, show, list,
explain, why, new, and the studies sweep, sensitivity, tipping, discover, worst, compare,
validate, calibrate, score, hindcast, mechanisms, placebo, dock, robust,
play, tournament, explore, app.
Exit status: 0 done, 2 something in the input is wrong (it says what), 1 our fault, 130 stopped."""


# Arguments ------------------------------------------------------------------------------------


class Parser(argparse.ArgumentParser):
    """Arguments whose faults are told in the words of all other input errors."""

    def error(self, message: str) -> NoReturn:
        stop = "" if message.endswith(("?", ".")) else "."
        told = f"{message}{stop} See: {self.prog} --help"
        raise InputError("The command line", [Problem(told)])


def parser(prog: str, **more: Any) -> Parser:
    """Return a parser that shows its text as written and guesses no abbreviations."""
    shape = argparse.RawDescriptionHelpFormatter
    return Parser(prog=prog, formatter_class=shape, allow_abbrev=False, **more)


def run_parser() -> Parser:
    """Return the arguments of the main job."""
    made = parser("python run.py", description=ABOUT, epilog=EXAMPLES)
    made.add_argument(
        "scenario", metavar="SCENARIO", help="a scenario file, or a shipped one's name"
    )
    made.add_argument(
        "--members", type=whole(*LIMITS["members"]), metavar="N",
        help="draws of what is uncertain (200): more takes longer and steadies the bands",
    )  # fmt: skip
    made.add_argument(
        "--months", type=whole(*LIMITS["months"]), metavar="N", help="length of the run in months"
    )
    made.add_argument(
        "--seed", type=whole(*LIMITS["seed"]), metavar="N",
        help="where the random numbers begin: the same seed gives the same numbers",
    )  # fmt: skip
    made.add_argument(
        "--out", default="results", metavar="FOLDER", help="write to FOLDER/SCENARIO/ (results)"
    )
    made.add_argument(
        "--without", action="append", default=[], metavar="NAME",
        help="switch a mechanism off, here and in the baseline (repeatable): list mechanisms",
    )  # fmt: skip
    made.add_argument(
        "--rule", metavar="RULE",
        help="by which the states choose their ties (portfolio): see docs/rules.md",
    )  # fmt: skip
    made.add_argument(
        "--all-rules", action="store_true", help="say under how many of the rules a change holds"
    )
    made.add_argument("--no-shocks", action="store_true", help="switch monthly random shocks off")
    made.add_argument(
        "--calibrated", action="store_true",
        help="members that a calibration accepted, instead of the whole ranges",
    )  # fmt: skip
    made.add_argument(
        "--lang", type=language, default=LANGUAGES[0], metavar="LANGUAGE",
        help="a page in this language too, and its headline printed: zh (Chinese), ru (Russian)",
    )  # fmt: skip
    made.add_argument("--quiet", action="store_true", help="print nothing but errors")
    made.add_argument("--json", action="store_true", help="print the answer as JSON")
    return made


def command_parser(name: str) -> Parser:
    """Return the arguments of a command."""
    _, about, arguments = COMMANDS[name]
    made = parser(f"python run.py {name}", description=about)
    for argument, how in arguments:
        made.add_argument(argument, **how)
    return made


def parsed(made: Parser, arguments: Sequence[str]) -> argparse.Namespace:
    """Return the arguments read; an unknown one is told with what may have been meant."""
    read, unknown = made.parse_known_args(arguments)
    if unknown:
        known = [option for action in made._actions for option in action.option_strings]
        near = get_close_matches(unknown[0].partition("=")[0], known, n=1)
        meant = f" Did you mean '{near[0]}'?" if near else ""
        made.error(f"'{unknown[0]}' is not understood.{meant}")
    return read


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line asks for and return the exit status; never a traceback."""
    open_streams()
    quiet_figures()
    try:
        status = finished(list(sys.argv[1:] if arguments is None else arguments))
    except BrokenPipeError:  # the reader of our output, such as `head`, has gone
        drop(sys.stdout)
        status = DONE
    except (Exception, KeyboardInterrupt) as fault:
        if isinstance(fault, OSError):  # what could not be printed must not be tried again
            drop(sys.stdout)
        status, message = told(fault)
        mention(message)
    return status


def finished(arguments: list[str]) -> int:
    """Do what the command line asks for, see its output out, and return the exit status."""
    try:
        be_somewhere()
        status = dispatched(arguments)
    except SystemExit as done:  # argparse, after --help
        status = int(done.code or 0)
    sys.stdout.flush()
    return status


def be_somewhere() -> None:
    """Refuse to work in a folder that has been deleted meanwhile."""
    try:
        os.getcwd()
    except OSError as gone:
        message = "it was deleted or cannot be entered; go to another one (cd) and try again"
        raise InputError("The current folder", [Problem(message)]) from gone


def open_streams() -> None:
    """See to it that there is something to print to, whatever the program was started with.

    A stream that was closed is opened to nowhere: otherwise the next file opened would take its
    number. What is printed to a closed output is refused, as it must not be lost unsaid.
    """
    if sys.stdin is None:
        sys.stdin = nowhere("r")
    if sys.stdout is None:
        sys.stdout = nowhere("r")  # for reading: writing is refused
    if sys.stderr is None:
        sys.stderr = nowhere("w")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):  # a terminal that lacks a letter still gets the rest
            stream.reconfigure(errors="replace")


def nowhere(mode: Literal["r", "w"]) -> IO[str]:
    """Return a stream that leads nowhere."""
    return open(os.devnull, mode, encoding="utf-8")


def quiet_figures() -> None:
    """Have figures drawn without a screen and without remarks on where their fonts are kept."""
    os.environ["MPLBACKEND"] = "agg"
    logging.getLogger("matplotlib").setLevel(logging.ERROR)


def drop(stream: Any) -> None:
    """Send what is left of a stream nowhere."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def mention(message: str) -> None:
    """Print something to the errors, if anything can be printed there."""
    try:
        print(message, file=sys.stderr, flush=True)
    except (OSError, ValueError):
        drop(sys.stderr)


def told(fault: BaseException) -> tuple[int, str]:  # noqa: PLR0911 (one line for each)
    """Return the exit status of a fault, and what to say of it."""
    if isinstance(fault, InputError):
        return WRONG_INPUT, str(fault)
    if isinstance(fault, KeyboardInterrupt):
        return STOPPED, f"\n{STOPPED_MESSAGE}"
    if isinstance(fault, MemoryError):
        return WRONG_INPUT, "There is not enough memory for this. Ask for fewer --members."
    if isinstance(fault, ModuleNotFoundError) and not str(fault.name).startswith("sim"):
        return WRONG_INPUT, (
            f"'{fault.name}' is not installed. Install what is needed:\n  {INSTALL}\n"
            f"or activate the environment first:\n  {ACTIVATE}"
        )
    if isinstance(fault, OSError) and fault.errno in (errno.EMFILE, errno.ENFILE):
        return WRONG_INPUT, "Too many files are open. Raise the limit (ulimit -n 1024)."
    if isinstance(fault, OSError) and fault.filename is None:  # files have names, streams have none
        return WRONG_INPUT, unprintable(fault)
    if type(fault).__name__ == "NotConverged":  # by name: the rules are not imported for this
        return WRONG_INPUT, (
            f"The scenario cannot be solved ({fault}): its events together, or the numbers that "
            "are varied, go beyond what the model is made for.\n"
            f"Suppose less at once; or, if it supposes little, report it to {REPORT_TO}."
        )
    if os.environ.get(DEBUG):
        raise fault
    return OUR_FAULT, (
        f"Our fault, not yours: {type(fault).__name__}: {fault}\n"
        f"Please report it to {REPORT_TO}, with what {DEBUG}=1 before the command prints."
    )


def unprintable(refused: OSError) -> str:
    """Return what to say where the answer cannot be printed."""
    why = (refused.strerror or "it is closed").lower()
    return f"The output cannot be printed ({why}). Print to another place, or use --quiet."


def leave_when_stopped() -> None:
    """From now on leave at once on Ctrl-C or when told to end, with nothing half-written.

    By a signal's own function rather than by KeyboardInterrupt: Python swallows that one where
    it happens to arrive in a callback, and a library may turn it into another error.
    """
    owner = os.getpid()

    def leave(number: int, _: object) -> NoReturn:
        if os.getpid() == owner:
            for stop in stops:
                signal.signal(stop, signal.SIG_IGN)
            with suppress(Exception):  # whatever happens, the program ends here
                end_copies()
                abandon()
            with suppress(Exception):
                shown = "\x1b[?25h\r\x1b[K" if sys.stderr.isatty() else ""  # the cursor is back
                os.write(2, f"{shown}{STOPPED_MESSAGE}\n".encode())
        os._exit(STOPPED_BY + number)

    stops = [signal.SIGINT, *stopping_signals()]
    for stop in stops:
        signal.signal(stop, leave)


def stopping_signals() -> list[signal.Signals]:
    """Return the signals that end a program, but those that it was started to outlive (nohup)."""
    known = [getattr(signal, name, None) for name in ("SIGTERM", "SIGHUP")]
    return [one for one in known if one is not None and signal.getsignal(one) != signal.SIG_IGN]


def dispatched(arguments: list[str]) -> int:
    """Return the exit status of the command that the first argument names, or of the main job."""
    if not arguments:
        run_parser().print_help()
        return WRONG_INPUT
    if arguments[0] in COMMANDS:
        command, _, _ = COMMANDS[arguments[0]]
        return command(parsed(command_parser(arguments[0]), arguments[1:]))
    if arguments[0] in STUDIES:
        return study(arguments[0], arguments[1:])
    return run(parsed(run_parser(), known_first(arguments)))


def known_first(arguments: list[str]) -> list[str]:
    """Return the arguments of the main job, unless the first is a misspelt command."""
    from sim.asking import named_path, shipped_scenarios, there

    first = arguments[0]
    path = named_path(first)
    bare = not first.startswith("-") and path.name == first and not there(path)
    if bare and not first.endswith((".yaml", ".yml")):
        names = [file.stem for file in shipped_scenarios()]
        if first not in names:
            near = get_close_matches(first, [*COMMANDS, *STUDIES, *names], n=2, cutoff=0.55)
            meant = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
            also = "See: python run.py list, or python run.py --help"
            message = f"'{first}' is no command, file or shipped scenario.{meant} {also}"
            raise InputError("The command line", [Problem(message)])
    return arguments


def study(name: str, arguments: Sequence[str]) -> int:
    """Return the exit status of a command that makes many runs."""
    command = import_module("sim.app.command" if name == "app" else f"sim.studying.{name}")
    made = parser(f"python run.py {name}", description=STUDIES[name])
    command.arguments(made)
    status: int = command.run(parsed(made, arguments))
    return status


# The main job ---------------------------------------------------------------------------------


def run(asked: argparse.Namespace) -> int:
    """Run a scenario and its baseline, write the results folder, print the answer."""
    from sim.asking import scenario_of

    region, scenario = scenario_of(asked.scenario, asked.without, asked.rule)
    for state, strategy in scenario.strategies:
        mention(f"Note: {state} is played by {strategy}, whose code has been run.")
    scenario = scenario.resized(asked.members, asked.months, asked.seed)
    if asked.calibrated:
        from sim.study.calibration import as_calibrated

        region = as_calibrated(region)
    mention_unreached(scenario)
    from sim import under_rules
    from sim.folders import fresh, results_folder
    from sim.outputs import write
    from sim.question import answered, member_months
    from sim.results import REPORTED

    target = results_folder(asked.out, scenario.name)
    more = under_rules.member_months(scenario) if asked.all_rules else 0
    shown = progress(member_months(scenario) + more, hidden=asked.quiet)
    with fresh(target) as folder, shown as (watch, step):
        made = answered(region, scenario, not asked.no_shocks, watch, step, True, REPORTED)
        if asked.all_rules:
            made = under_rules.with_all_rules(made, watch, step)
        step("writing the report")
        write(made, folder, second=True, language=asked.lang)
    with said_where(target):
        if asked.json:
            print_json(made)
        elif not asked.quiet:
            print_answer(made.answer, target)
            if asked.lang != LANGUAGES[0]:
                from sim.report import in_language

                in_language.show(made, asked.lang, readable_console())
        sys.stdout.flush()
    return DONE


@contextmanager
def said_where(folder: Path) -> Iterator[None]:
    """Say where results are that are written, if the answer cannot be printed."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError:
        mention(f"The results are in {folder}.")
        raise


def mention_unreached(scenario: Scenario) -> None:
    """Say which events begin after the last month, where a run is shorter than its file says."""
    from sim.moments import month_names

    last = month_names(scenario.start, scenario.months)[-1]
    events = {e.id: e for one in (scenario, *scenario.arms) for e in one.events}
    late = [name for name, event in events.items() if event.start[:7] > last]
    if late:
        mention(f"Note: the run ends in {last}, before {', '.join(late)}.")


@contextmanager
def progress(total: int, hidden: bool) -> Iterator[tuple[Watch, Step]]:
    """Show on a terminal how far the run is; say nothing where nobody watches."""
    if hidden or not sys.stderr.isatty():
        yield (lambda done: None), (lambda what: None)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("running", total=total)
        yield (
            lambda done: bar.advance(task, done),
            lambda what: bar.update(task, description=what),
        )


def print_json(made: Run) -> None:
    """Print the answer as in summary.json."""
    from sim.outputs import summary
    from sim.written import as_json

    sys.stdout.write(as_json(summary(made)))


def print_answer(answer: dict[str, Any], folder: Path) -> None:
    """Print an answer for a reader, with where its files are."""
    from sim.report import terminal

    terminal.show(answer, readable_console(), str(folder))


# The other commands ---------------------------------------------------------------------------


def check(asked: argparse.Namespace) -> int:
    """Read scenario files and say whether they are in order."""
    from sim.asking import scenario_of

    faults = 0
    for file in asked.files:
        try:
            _, scenario = scenario_of(file, played=False)
        except InputError as wrong:
            faults += 1
            mention(str(wrong))
        else:
            print(f"{file} is in order: {described(scenario)}.")
    return WRONG_INPUT if faults else DONE


def indented(text: str, by: int, more: int = 4) -> str:
    """Return a paragraph set in, its further lines by more, no wider than the terminal."""
    width = max(min(shutil.get_terminal_size().columns, WIDEST), NARROWEST)
    return fill(text, width, initial_indent=" " * by, subsequent_indent=" " * (by + more))


def described(scenario: Scenario) -> str:
    """Return what a scenario file holds, in a line."""
    own = len({name for one in (scenario, *scenario.arms) for name in one.own_events})
    arms = f" in {len(scenario.arms)} arms" if scenario.arms else ""
    base = scenario.baseline.name if scenario.baseline else scenario.name
    return (
        f"{counted(own, 'event')} of its own{arms}, against {base}; "
        f"{counted(scenario.months, 'month')} from {scenario.start}, "
        f"{counted(scenario.members, 'member')}"
    )


def counted(number: int, thing: str) -> str:
    """Return so many things in words."""
    return f"{number} {thing}{'' if number == 1 else 's'}"


def diff(asked: argparse.Namespace) -> int:
    """Say what one scenario supposes that another does not."""
    from sim.asking import scenario_of
    from sim.compare import differences

    region, one = scenario_of(asked.one, played=False)
    _, other = scenario_of(asked.other, played=False)
    found = differences(one, other, region)
    says = f"What {other.name} supposes that {one.name} does not:"
    print(says if found else "The two suppose the same.")
    for line in found:
        print(indented(line, 2))
    return DONE


def show(asked: argparse.Namespace) -> int:
    """Print a saved answer again."""
    folder = saved_folder(at_home(asked.out), asked.run)
    file = folder / "summary.json"
    answer = saved_answer(file)
    try:
        printed = as_printed(answer, folder) if "about" in answer else study_printed(answer, folder)
    except (LookupError, TypeError, ValueError, AttributeError) as incomplete:
        raise InputError(str(file), [Problem(ANOTHER)]) from incomplete
    sys.stdout.write(printed)
    return DONE


def as_printed(answer: dict[str, Any], folder: Path) -> str:
    """Return an answer as it is printed, whole or not at all."""
    from sim.report import terminal

    console = readable_console()
    with console.capture() as kept:
        terminal.show(answer, console, str(folder))
    return kept.get()


def study_printed(answer: dict[str, Any], folder: Path) -> str:
    """Return what a study or a sweep found as it is printed."""
    from sim.report.study_page import saved

    console = readable_console()
    with console.capture() as kept:
        saved(answer, console, str(folder))
    return kept.get()


def saved_folder(folder: Path, named: str) -> Path:
    """Return the results folder that is meant: by its path, or by a scenario's name."""
    name = Path(named).stem if named.endswith((".yaml", ".yml")) else named
    for place in (Path(name), folder / Path(name)):
        with suppress(OSError, ValueError):  # a name that no file can have
            if (place / "summary.json").is_file():
                return place
    return unsaved(folder, named)


def unsaved(folder: Path, named: str) -> NoReturn:
    """Say that there is no such answer, and which there are."""
    saved = saved_names(folder)
    near = get_close_matches(Path(named).stem, saved, n=2, cutoff=0.4)
    meant = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    known = f" Saved there: {', '.join(saved)}." if saved and not near else ""
    cure = meant or known or " Run the scenario first (python run.py SCENARIO), or name it by --out"
    looked = f"there is no saved answer of this name in {os.path.abspath(folder)}"
    raise InputError(named, [Problem(f"{looked}.{cure}")])


def saved_names(folder: Path) -> list[str]:
    """Return the names of the answers saved in a folder; none where it cannot be looked into."""
    try:
        return sorted(path.parent.name for path in folder.glob("*/summary.json"))
    except (OSError, ValueError):
        return []


def saved_answer(file: Path) -> dict[str, Any]:
    """Return a saved answer, or say that the file is none."""
    try:
        answer = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, OSError) as wrong:
        raise InputError(str(file), [Problem(f"{wrong}. Run the scenario again")]) from wrong
    if not isinstance(answer, dict) or not {"about", "sentences"} & set(answer):
        raise InputError(str(file), [Problem("this is no saved answer. Run the scenario again")])
    if answer.get("version") != VERSION:
        raise InputError(str(file), [Problem(ANOTHER)])
    return answer


def list_names(asked: argparse.Namespace) -> int:
    """Print the shipped scenarios, or what a scenario can name."""
    if asked.what == SCENARIOS:
        return list_scenarios()
    from sim.names import LISTS, in_columns
    from sim.reading.tables import read_region

    if asked.what not in LISTS:
        known = [SCENARIOS, *LISTS]
        near = get_close_matches(asked.what, known, n=1)
        meant = f" Did you mean '{near[0]}'?" if near else ""
        message = f"there is no list of these.{meant} There are {', '.join(known)}"
        raise InputError(asked.what, [Problem(message)])
    width = min(shutil.get_terminal_size().columns, WIDEST_TERMINAL)
    print(*in_columns(LISTS[asked.what](read_region()), width), sep="\n")
    return DONE


def list_scenarios() -> int:
    """Print the scenarios that can be named barely, ours and the user's, with their questions."""
    from sim.asking import shipped_scenarios
    from sim.reading.yaml_lines import read_lines

    files = shipped_scenarios()
    if not files:
        raise InputError("scenarios", [Problem("there are no scenario files here")])
    for file in files:
        try:
            content = read_lines(file)[1].content
        except InputError:
            content = None
        question = content.get("question") if isinstance(content, dict) else None
        text = str(question or f"(cannot be read: python run.py check {file})")
        print(file.stem)
        print(indented(" ".join(text.split()), 4, 0))
    return DONE


def explain_name(asked: argparse.Namespace) -> int:
    """Say what a name means."""
    from sim.explain import explain
    from sim.reading.tables import read_region

    print(explain(" ".join(asked.name), read_region(), asked.all))
    return DONE


def why(asked: argparse.Namespace) -> int:
    """Say what each event did inside its family, for the state whose ties move most."""
    from sim.asking import scenario_of
    from sim.owen import MEMBERS, MOST_FAMILIES, attribute_in_families, plan
    from sim.report.families import show as show_families
    from sim.results import compare

    region, scenario = scenario_of(asked.scenario)
    for whole_arm in scenario.arms or (scenario,):
        one = whole_arm.resized(asked.members or MEMBERS, None, None)
        planned = plan(one)
        if not planned.families:
            print("Nothing is supposed beyond the baseline: there is nothing to tell apart.")
            continue
        if len(planned.families) > MOST_FAMILIES:
            message = (
                f"{len(planned.families)} families of events are too many (at most "
                f"{MOST_FAMILIES}); give events that belong together one `theme`"
            )
            raise InputError(asked.scenario, [Problem(message)])
        with progress(len(planned.subsets), hidden=False) as (watch, step):
            step(f"asking why{f' ({one.arm})' if one.arm else ''}")
            results = compare(region, one)
            found = attribute_in_families(region, one, results.moments, planned, watch)
        show_families(found, results, readable_console())
    return DONE


def new(asked: argparse.Namespace) -> int:
    """Write a commented scenario file to fill in; never over one that is there."""
    from sim.reading.template import template

    name = str(asked.name).removesuffix(".yaml").removesuffix(".yml")
    if not name.replace("_", "").replace("-", "").isalnum():
        message = "a name has letters, figures, _ and - only, such as my_closure"
        raise InputError(str(asked.name), [Problem(message)])
    if len(name) > LONGEST_NAME:
        message = f"the name has {len(name)} letters; give it at most {LONGEST_NAME}"
        raise InputError(f"{name[:LONGEST_NAME]}...", [Problem(message)])
    file = Path("scenarios") / f"{name}.yaml"
    try:
        file.parent.mkdir(exist_ok=True)
        write_new(file, template(name))
    except FileExistsError as taken:
        message = "a file of this name is there already and is left as it is. Choose another name"
        raise InputError(str(file), [Problem(message)]) from taken
    except OSError as refused:
        message = f"it cannot be written ({str(refused.strerror).lower()}). Run this where it can"
        raise InputError(str(file), [Problem(message)]) from refused
    print(f"Wrote {file}. Fill it in, then: python run.py check {file}")
    return DONE


def write_new(file: Path, text: str) -> None:
    """Write a file that is not there yet, whole or not at all."""
    with file.open("x", encoding="utf-8") as begun:
        try:
            begun.write(text)
            begun.flush()
        except OSError:
            file.unlink()
            raise


ONE_RUN = (
    ("run", {"metavar": "RUN", "help": "a scenario's name, or a results folder"}),
    ("--out", {"default": "results", "metavar": "FOLDER", "help": "where results are (results)"}),
)

STUDIES = {
    "sweep": (
        "Many runs of a scenario and its baseline, streamed to disk as Parquet, a row a run.\n\n"
        "Without --vary each run is a member: another draw of all that is uncertain. With --vary\n"
        "the named settings are set to the points of a design, for the same members at every\n"
        "point; --runs counts points times members. A sweep that is stopped goes on with the same\n"
        "command, to the same bytes."
    ),
    "sensitivity": "Which of all that is uncertain an outcome answers to, and which it does not.",
    "tipping": "How large, how long or how late an event has to be for an outcome to cross a line.",
    "discover": "Which combinations of settings take an outcome across a line, and how surely.",
    "worst": "The smallest set of supposed events that takes an outcome across a line.",
    "compare": "Several scenarios side by side, ranked by how far they move an outcome.",
    "score": "How near a run comes to figures that the model never saw, beside what knows less.",
    "hindcast": "How near both histories come to what was observed, beside what knows less.",
    "calibrate": "Which members show most of what was known by 2022, and what that pins down.",
    "validate": "Which of the patterns that the articles report the runs show, misses first.",
    "placebo": "Whether a scenario does more than the same events where they should not matter.",
    "dock": "Two published models, of blocs and of pipeline power, on the same members.",
    "robust": "What headline changes rest on: members, rules of choice, placebos; what is chosen.",
    "play": (
        "A game: people hold seats of states and powers, the rules of the model hold the rest.\n\n"
        "A turn is a quarter. Each seat files moves from its levers, in a file of its own, and\n"
        "pays points for them; when all have filed, the quarter is played. The same command goes\n"
        "on where the game is, also after it was killed. --brief SEAT: what it wants and holds."
    ),
    "tournament": (
        "Strategies that students write, in every seat of scenarios, beside the rules there.\n\n"
        "A strategy is a class with choose(self, situation) in a file of FOLDER. Strategies are\n"
        "code: run only what you would run yourself. One that loops or fails is stopped and told."
    ),
    "mechanisms": "What each mechanism contributes to a scenario's outcomes: all on, less it off.",
    "explore": (
        "One page for a class: predict, reveal in steps, then move sliders and months.\n\n"
        "It computes a grid over up to four sliders for the same members and writes\n"
        "explore.html, which opens in any browser from a stick or a mail and asks for nothing.\n"
        "Sliders are what you --vary (NAME=LOW:HIGH, LOW:HIGH:STEPS or A,B,C), or size, length\n"
        "and date of the main event and the uncertain number that the result goes with most."
    ),
    "app": (
        "The app: predict, steer, compose scenarios on a timeline, play, in a browser.\n\n"
        "Serves a page on this machine alone, without a network. --classroom opens it to the\n"
        "network for who has the join code that is printed. Ctrl-C ends it."
    ),
}
"""The commands that make many runs, and what they are for."""

COMMANDS: dict[str, tuple[Callable[[argparse.Namespace], int], str, tuple[Any, ...]]] = {
    "check": (
        check,
        "Read scenario files and say whether they are in order; nothing is run.",
        (("files", {"nargs": "+", "metavar": "FILE", "help": "scenario files or names"}),),
    ),
    "diff": (
        diff,
        "Say what scenario A supposes that B does not, from what to what.",
        (
            ("one", {"metavar": "A", "help": "a scenario file or name"}),
            ("other", {"metavar": "B", "help": "another"}),
        ),
    ),
    "show": (show, "Print a saved answer again.", ONE_RUN),
    "list": (
        list_names,
        "Print the scenarios in scenarios/ with their questions; or the links, routes, kinds of "
        "event, states, partners or bodies that a scenario can name, or the mechanisms that can "
        "be switched off.",
        (
            (
                "what",
                {
                    "nargs": "?",
                    "default": SCENARIOS,
                    "metavar": "WHAT",
                    "help": "links, routes, kinds, states, partners, bodies or mechanisms "
                    "(scenarios)",
                },
            ),
        ),
    ),
    "explain": (
        explain_name,
        "Say what a name means: a word of the answer (premium), a quantity (threat), a number "
        "(threat_base), a route or link (CPC), an actor (KAZ), a body (CSTO), a kind of event "
        "(link_closed), a mechanism (gratitude), a fact (WSJ-056) or a source, with figures and "
        "ranges.",
        (
            ("name", {"nargs": "+", "metavar": "NAME", "help": "the name, in capitals or not"}),
            ("--all", {"action": "store_true", "help": "every figure, not their summary"}),
        ),
    ),
    "why": (
        why,
        "Say what each event did inside its family (theme): families exactly, a longer job.",
        (
            ("scenario", {"metavar": "SCENARIO", "help": "a scenario file or name"}),
            (
                "--members",
                {
                    "type": whole(*LIMITS["members"]),
                    "metavar": "N",
                    "help": "runs (16): more takes longer and steadies the parts",
                },
            ),
        ),
    ),
    "new": (
        new,
        "Write scenarios/NAME.yaml, a commented scenario file to fill in.",
        (("name", {"metavar": "NAME", "help": "the new scenario's name, such as my_closure"}),),
    ),
}
"""Each command: what it does, how it is told, and its arguments."""
