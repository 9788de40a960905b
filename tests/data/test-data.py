"""The files that go beside the program: manifest, man pages, translations, settings."""

import json
import os
import re
import shutil
import subprocess
import sys
import unittest
import xml.etree.ElementTree as ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(TOP, 'tests'))

from servers import tap  # noqa: E402

BASE_ID = 'io.github.pipitmail.Pipit'


def path(*names):
    return os.path.join(TOP, *names)


def read(*names):
    with open(path(*names), encoding='utf-8') as file:
        return file.read()


class FlatpakTest(unittest.TestCase):
    def setUp(self):
        self.manifest = json.loads(read('data', 'flatpak', BASE_ID + '.json'))

    def test_asks_for_these_permissions_and_no_others(self):
        self.assertEqual(sorted(self.manifest['finish-args']), [
            '--device=dri', '--share=ipc', '--share=network', '--socket=fallback-x11',
            '--socket=wayland'])

    def test_names_the_application(self):
        self.assertEqual(self.manifest['id'], BASE_ID)
        self.assertEqual(self.manifest['command'], 'pipit')
        self.assertEqual(self.manifest['runtime'], 'org.gnome.Platform')

    def test_brings_what_the_runtime_lacks(self):
        modules = [module['name'] for module in self.manifest['modules']]
        self.assertEqual(modules[-1], 'pipit')
        for name in ('gmime', 'gumbo'):
            self.assertIn(name, modules)


class ManPageTest(unittest.TestCase):
    def test_pages_have_no_warnings(self):
        if shutil.which('man') is None:
            self.skipTest('no man')
        pages = sorted(name for name in os.listdir(path('data')) if name.endswith('.1'))
        self.assertIn('pipit.1', pages)
        for name in pages:
            with self.subTest(name):
                done = subprocess.run(
                    ['man', '--warnings', '-E', 'UTF-8', '-l', '-Tutf8', '-Z',
                     path('data', name)],
                    env={**os.environ, 'MANROFFSEQ': '', 'MANWIDTH': '80', 'LC_ALL': 'C.UTF-8'},
                    capture_output=True, text=True, check=False)
                self.assertEqual(done.stderr, '')
                self.assertEqual(done.returncode, 0)


class TranslationsTest(unittest.TestCase):
    MARKED = re.compile(r'\b(?:_|N_|C_|ngettext)\s?\(|translatable="yes"|<translation type=')

    def sources(self):
        for folder in ('src/model', 'src/ui', 'data'):
            for where, _folders, files in os.walk(path(folder)):
                for name in files:
                    if name.endswith(('.c', '.ui', '.gschema.xml', '.desktop.in',
                                      '.metainfo.xml.in')):
                        yield os.path.relpath(os.path.join(where, name), TOP)

    def test_every_file_with_strings_is_listed(self):
        listed = {line.strip() for line in read('po', 'POTFILES.in').splitlines()
                  if line.strip() and not line.startswith('#')}
        missing = [name for name in self.sources()
                   if name.endswith(('.c', '.ui')) and self.MARKED.search(read(name))
                   and name not in listed]
        self.assertEqual(missing, [])
        self.assertEqual([name for name in listed if not os.path.exists(path(name))], [])

    def test_template_can_be_made(self):
        if shutil.which('xgettext') is None:
            self.skipTest('no xgettext')
        done = subprocess.run(
            ['xgettext', '--files-from=po/POTFILES.in', '--directory=.', '--from-code=UTF-8',
             '--keyword=_', '--keyword=N_', '--keyword=C_:1c,2', '--keyword=ngettext:1,2',
             '--add-comments=Translators', '--output=-'],
            cwd=TOP, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertGreater(done.stdout.count('msgid "'), 100)

    def test_labels_in_ui_files_are_marked(self):
        """A sentence that a person reads is marked, unless it is a name that stays."""
        kept = {'TLS', 'STARTTLS', 'Pipit'}
        bare = []
        for name in self.sources():
            if not name.endswith('.ui'):
                continue
            for element in ElementTree.fromstring(read(name)).iter():
                if element.tag not in ('property', 'item'):
                    continue
                text = (element.text or '').strip()
                shown = element.tag == 'item' or element.get('name') in (
                    'label', 'title', 'subtitle', 'description', 'tooltip-text',
                    'placeholder-text', 'heading', 'body')
                if shown and re.search('[A-Za-z]', text) and text not in kept \
                        and element.get('translatable') != 'yes':
                    bare.append(f'{name}: {text}')
        self.assertEqual(bare, [])


class SettingsTest(unittest.TestCase):
    def test_every_key_is_described(self):
        schemas = ElementTree.fromstring(read('data', BASE_ID + '.gschema.xml'))
        for key in schemas.iter('key'):
            with self.subTest(key.get('name')):
                self.assertIsNotNone(key.find('summary'))


if __name__ == '__main__':
    tap.main()
