import { describe, expect, it } from 'vitest';
import { bestFits, fit, foldersOf } from '../../src/editor/mentionMatch.ts';

describe('names after @', () => {
  it('fit by their beginning, the starts of their words, what is in them, and letters in order', () => {
    const names = [
      'start',
      'startUpload',
      'ResumableUploadCoordinator',
      'restart',
      'src/start/a.ts',
      'src/t/art.ts',
      'stop',
    ];
    expect(names.map((name) => [name, fit(name, 'start')])).toEqual([
      ['start', 5],
      ['startUpload', 4],
      ['ResumableUploadCoordinator', null],
      ['restart', 2],
      ['src/start/a.ts', 1],
      ['src/t/art.ts', 0],
      ['stop', null],
    ]);
    expect([fit('ResumableUploadCoordinator', 'ruc'), fit('parse_tree.py', 'PT')]).toEqual([3, 3]);
  });

  it('come best first, the shorter of equals', () => {
    const names = ['src/deep/upload.ts', 'src/uploads/x.ts', 'upload.ts', 'src/reupload.ts', 'a.ts'];
    expect(bestFits(names, 'upload', 10)).toEqual([
      'upload.ts',
      'src/deep/upload.ts',
      'src/reupload.ts',
      'src/uploads/x.ts',
    ]);
  });

  it('name each folder once', () => {
    expect(foldersOf(['a.ts', 'src/b.ts', 'src/x/y/c.ts', 'src/x/d.ts'])).toEqual(['src', 'src/x/y', 'src/x']);
  });
});
