"""The floors as data: src/floors.ini, the files in each, and how they are compiled."""

import configparser
import json
import os
import re
import shlex

SOURCE_ROOT = os.environ['PIPIT_TEST_SOURCE_ROOT']
BUILD_ROOT = os.environ['PIPIT_TEST_BUILD_ROOT']
SRC = os.path.join(SOURCE_ROOT, 'src')

# Written by the build, for every floor.
GENERATED = {'pipit-config.h'}


def read_table():
    """Returns floor -> floors that it may use."""
    parser = configparser.ConfigParser()
    parser.read(os.path.join(SRC, 'floors.ini'))
    return {floor: used.split() for floor, used in parser['may use'].items()}


TABLE = read_table()


def forbidden_to(floor):
    return [other for other in TABLE if other not in (floor, 'main', *TABLE[floor])]


def files_of(floor, endings=('.c', '.h')):
    """Returns the paths of a floor's files, in its folder and the folders in it."""
    if floor == 'main':
        return [os.path.join(SRC, 'main.c')] if '.c' in endings else []
    found = []
    for parent, _, names in os.walk(os.path.join(SRC, floor)):
        found += [os.path.join(parent, name) for name in names if name.endswith(endings)]
    return sorted(found)


def headers_of(floor):
    return [os.path.basename(path) for path in files_of(floor, ('.h',))]


def read_text(path):
    with open(path, encoding='utf-8') as file:
        return file.read()


def includes_of(path, pattern=r'"([^"]+)"'):
    return re.findall(r'^\s*#\s*include\s+' + pattern, read_text(path), re.MULTILINE)


def code_of(path):
    """Returns a C file without its comments and the contents of its strings."""
    return re.sub(r'/\*.*?\*/|//[^\n]*|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'',
                  lambda match: '""' if match[0][0] == '"' else ' ', read_text(path), flags=re.DOTALL)


def compiler_of(floor):
    """Returns the command, and its folder, that compiles a floor's files, without file and output."""
    with open(os.path.join(BUILD_ROOT, 'compile_commands.json'), encoding='utf-8') as file:
        commands = json.load(file)
    sources = files_of(floor, ('.c',))
    for entry in commands:
        path = os.path.normpath(os.path.join(entry['directory'], entry['file']))
        if path in sources:
            return strip_command(shlex.split(entry['command'])), entry['directory']
    raise LookupError(f'nothing of {floor} is compiled')


def strip_command(words):
    kept = []
    skip = False
    for word in words[:-1]:
        if skip:
            skip = False
        elif word in ('-o', '-MF', '-MQ', '-MT'):
            skip = True
        elif word not in ('-c', '-MD', '-MMD', 'ccache'):
            kept.append(word)
    return kept


def archive_of(floor):
    return os.path.join(BUILD_ROOT, 'src', floor, f'libpipit-{floor}.a')
