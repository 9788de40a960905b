"""The walls between the floors stand: what may include, link and say what."""

import os
import re
import subprocess
import unittest

import floors
from servers import tap

LIBRARIES = [floor for floor in floors.TABLE if floor not in ('tool', 'main')]
WINDOW_FLOORS = {'ui', 'main'}
SPOKEN_FLOORS = {'model', 'ui', 'main'}
WINDOW_HEADERS = re.compile(r'gtk|adwaita|webkit|gdk(?!-pixbuf)')


def relative(path):
    return os.path.relpath(path, floors.SOURCE_ROOT)


def all_files():
    return [(floor, path) for floor in floors.TABLE for path in floors.files_of(floor)]


def compiles(floor, text, *options):
    """Runs the floor's own compiler on @text; returns whether it liked it, and what it said."""
    command, directory = floors.compiler_of(floor)
    options = options or ('-fsyntax-only',)
    done = subprocess.run([*command, *options, '-x', 'c', '-'], cwd=directory, input=text, text=True,
                          capture_output=True, check=False)
    return done.returncode == 0, done.stderr


def symbols_of(archive, *options):
    done = subprocess.run(['nm', '-P', *options, archive], capture_output=True, text=True, check=True,
                          stdin=subprocess.DEVNULL)
    return [line.split() for line in done.stdout.splitlines() if len(line.split()) >= 2]


class IncludeTest(unittest.TestCase):
    """What the compiler cannot see."""

    def test_table_names_the_folders(self):
        folders = {name for name in os.listdir(floors.SRC)
                   if os.path.isdir(os.path.join(floors.SRC, name))}
        self.assertEqual(folders - {'config'}, set(floors.TABLE) - {'main'})

    def test_no_paths_in_includes(self):
        self.assertEqual([], [(relative(path), name) for _, path in all_files()
                              for name in floors.includes_of(path) if '/' in name or '..' in name])

    def test_private_headers_stay_on_their_floor(self):
        wrong = []
        for floor, path in all_files():
            own = floors.headers_of(floor)
            wrong += [(relative(path), name) for name in floors.includes_of(path)
                      if name.endswith('-private.h') and name not in own]
        self.assertEqual([], wrong)

    def test_includes_follow_the_table(self):
        home = {header: floor for floor in floors.TABLE for header in floors.headers_of(floor)}
        wrong = []
        for floor, path in all_files():
            wrong += [(relative(path), name) for name in floors.includes_of(path)
                      if home.get(name, floor) not in (floor, *floors.TABLE[floor])]
        self.assertEqual([], wrong)

    def test_header_names_are_unique(self):
        names = [name for floor in floors.TABLE for name in floors.headers_of(floor)]
        self.assertEqual([], sorted({name for name in names if names.count(name) > 1}))

    def test_only_store_knows_sqlite(self):
        self.assertEqual([], [relative(path) for floor, path in all_files() if floor != 'store' and
                              'sqlite3.h' in floors.includes_of(path, r'[<"]([^>"]+)[>"]')])

    def test_only_web_knows_soup(self):
        self.assertEqual([], [relative(path) for floor, path in all_files() if floor != 'web' and
                              'libsoup/soup.h' in floors.includes_of(path, r'[<"]([^>"]+)[>"]')])

    def test_only_the_window_knows_gtk(self):
        self.assertEqual([], [(relative(path), name) for floor, path in all_files()
                              if floor not in WINDOW_FLOORS
                              for name in floors.includes_of(path, r'<([^>]+)>')
                              if WINDOW_HEADERS.match(name)])


class CompileTest(unittest.TestCase):
    """What the compiler sees: a forbidden include does not compile."""

    def test_forbidden_includes_fail(self):
        for floor in floors.TABLE:
            for other in floors.forbidden_to(floor):
                public = [name for name in floors.headers_of(other)
                          if not name.endswith('-private.h')]
                if not public:
                    continue
                fine, said = compiles(floor, f'#include "{public[0]}"\n')
                self.assertFalse(fine, f'{floor} can include {public[0]}')
                self.assertRegex(said, f'{re.escape(public[0])}.*(No such file|file not found)')

    def test_no_header_of_a_forbidden_floor_is_visible(self):
        for floor in floors.TABLE:
            own = floors.headers_of(floor)
            text = ''.join(f'#if __has_include("{name}")\n#error {name}\n#endif\n'
                           for other in floors.forbidden_to(floor)
                           for name in floors.headers_of(other) if name not in own)
            fine, said = compiles(floor, text, '-E')
            self.assertTrue(fine, f'{floor} sees: {re.findall("#error (.*)", said)}')

    def test_own_headers_compile(self):
        # Which also shows that a failure above is not one of the command.
        for floor in floors.TABLE:
            # A file finds what lies beside it by itself.
            folders = {os.path.dirname(path) for path in floors.files_of(floor)}
            fine, said = compiles(floor, ''.join(f'#include "{name}"\n'
                                                 for name in floors.headers_of(floor)),
                                  '-fsyntax-only', *(f'-iquote{folder}' for folder in folders))
            self.assertTrue(fine, f'{floor}: {said}')


class LinkTest(unittest.TestCase):
    """What was built."""

    def test_pipitctl_has_no_window(self):
        program = os.path.join(floors.BUILD_ROOT, 'src', 'tool', 'pipitctl')
        linked = subprocess.run(['ldd', program], capture_output=True, text=True, check=True,
                                stdin=subprocess.DEVNULL).stdout
        self.assertIn('libglib', linked)
        self.assertEqual([], re.findall(r'lib(?:gtk|gdk|adwaita|webkit|soup)\S*', linked))

    def test_protocols_know_no_database(self):
        for floor in ('base', 'net', 'web', 'imap', 'smtp', 'mime', 'account', 'discovery', 'sync'):
            self.assertEqual([], [name for name, *_ in symbols_of(floors.archive_of(floor), '-u')
                                  if name.startswith('sqlite3_')], floor)

    def test_only_the_window_calls_gtk(self):
        for floor in LIBRARIES:
            if floor in WINDOW_FLOORS:
                continue
            self.assertEqual([], [name for name, *_ in symbols_of(floors.archive_of(floor), '-u')
                                  if re.match('(gtk|gdk|adw|webkit)_', name)], floor)

    def test_names_tell_the_floor(self):
        for floor in LIBRARIES:
            prefix = 'pipit' if floor in ('model', 'ui') else floor
            wrong = [name for name, kind, *_ in symbols_of(floors.archive_of(floor), '-g',
                                                           '--defined-only')
                     if kind in 'TDBR' and not re.match(f'_?{prefix}_|__(asan|odr|start|stop)',
                                                        name, re.IGNORECASE)]
            self.assertEqual([], wrong, floor)


class WordTest(unittest.TestCase):
    """What people read."""

    def test_only_the_upper_floors_translate(self):
        spoken = re.compile(r'(?<!\w)(_|N_|C_|NC_|n?gettext|g_dn?gettext)\s*\(')
        self.assertEqual([], [relative(path) for floor, path in all_files()
                              if floor not in SPOKEN_FLOORS and spoken.search(floors.code_of(path))])

    def test_potfiles_lists_what_is_translated(self):
        spoken = re.compile(r'(?<!\w)(_|N_|C_|NC_|ngettext)\s*\(')
        wanted = {relative(path) for floor, path in all_files()
                  if floor in SPOKEN_FLOORS and spoken.search(floors.code_of(path))}
        wanted |= {relative(path) for floor in SPOKEN_FLOORS
                   for path in floors.files_of(floor, ('.ui',))
                   if re.search('translatable="(yes|true)"', floors.read_text(path))}
        listed = {line.strip() for line in
                  floors.read_text(os.path.join(floors.SOURCE_ROOT, 'po', 'POTFILES.in')).splitlines()
                  if line.strip() and not line.startswith('#')}
        self.assertEqual(set(), wanted - listed, 'not in po/POTFILES.in')
        self.assertEqual(set(), {name for name in listed if not os.path.exists(
            os.path.join(floors.SOURCE_ROOT, name))}, 'listed and not there')

    def test_application_id_stands_in_one_place(self):
        self.assertEqual([], [relative(path) for _, path in all_files()
                              if re.search(r'"io\.github\.pipitmail\.Pipit(\.Devel)?"',
                                           floors.read_text(path))])


if __name__ == '__main__':
    tap.main()
