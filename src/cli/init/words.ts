import type { GroupName, GroupQuestion, QuestionName } from './questions.js';

export type OnFailure = 'stop' | 'keep' | 'leave-out';

/** What the wizard says, asks and writes into the file as comments. */
export interface InitWords {
  readonly groups: Readonly<Record<GroupName | 'dashboard', string>>;
  readonly questions: Readonly<Record<GroupQuestion, string>>;
  readonly comments: Readonly<Record<QuestionName, string>>;
  readonly head: readonly string[];
  readonly leftOut: string;

  readonly uses: Readonly<Partial<Record<GroupName, string>>>;
  readonly yes: string;
  readonly no: string;
  readonly needed: string;
  readonly keepsFormer: string;
  readonly makeToken: string;

  readonly trying: (group: string) => string;
  readonly refused: string;
  readonly tryAgain: string;
  readonly keepAnyway: string;
  readonly leaveOut: string;

  readonly databaseMissing: string;
  readonly tablesMissing: string;
  readonly topicsMissing: string;
  readonly serverVersion: (version: string) => string;

  readonly exists: (path: string) => string;
  readonly existsRemedy: string;
  readonly overwrite: string;
  readonly elsewhere: string;
  readonly whereTo: string;
  readonly stopHere: string;
  readonly noFile: (path: string) => string;
  readonly noFolder: (folder: string, reason: string) => string;
  readonly noFolderRemedy: string;

  readonly nothingWritten: string;
  readonly noMarketplace: string;
  readonly written: (path: string) => string;
  readonly backup: (path: string) => string;
  readonly lost: (names: string) => string;
  readonly stronger: (names: string) => string;
  readonly next: (commands: readonly string[]) => string;

  readonly missing: (lines: readonly string[]) => string;
  readonly missingRemedy: string;
  readonly oneIsEnough: string;
  readonly orEnvironment: (flag: string, name: string) => string;
  readonly testsFailed: (groups: string) => string;
  readonly testsFailedRemedy: string;
  readonly unreadable: (source: string, reason: string) => string;
  readonly oneStdin: (flags: string) => string;
  readonly contradiction: (excluding: string, flags: string) => string;
  readonly seeHelp: string;
}

/** Asked before anybody has said which language it is. */
export const LANGUAGE = 'Язык · Language';
