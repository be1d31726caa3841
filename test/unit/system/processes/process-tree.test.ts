import assert from 'node:assert/strict';
import { describe, it } from 'mocha';
import { readShebang } from '../../../../src/chroma/runtimes/local/installation.ts';
import { endTreeCommand } from '../../../../src/system/processes/process-tree.ts';

describe('a program on another system', () => {
  it('is ended on Windows with all that it has started', () => {
    assert.deepEqual(endTreeCommand(4711), {
      program: 'taskkill',
      args: ['/T', '/F', '/PID', '4711'],
    });
  });

  it('names its Python in its first line, if it is a script of one', () => {
    assert.equal(readShebang('#!/opt/venv/bin/python3.11\nimport sys'), '/opt/venv/bin/python3.11');
    assert.equal(readShebang('#! /usr/bin/python \r\n'), '/usr/bin/python');
    assert.equal(readShebang('#!/usr/bin/env python3\n'), undefined);
    assert.equal(readShebang('#!/bin/sh\n'), undefined);
    assert.equal(readShebang('\x7fELF'), undefined);
  });
});
