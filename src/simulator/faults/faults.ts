import { AppError } from '../../errors.js';
import type { Answer, ApiRequest, Page } from '../http/answer.js';
import { type Random, randomFor } from '../random.js';
import {
  BENDING,
  FAULT_KINDS,
  type FaultKind,
  type FaultSpec,
  REPLACING,
  SHAPES,
  type Shape,
} from './fault.js';
import { PROBLEM_NAMES } from './problems.js';

interface Active {
  readonly id: number;
  readonly spec: FaultSpec;
  readonly random: Random;
  toSkip: number;
  left: number;
  hits: number;
}

interface FaultHandle {
  /** Calls hit so far. */
  hits(): number;
  remove(): void;
}

function includes(list: readonly string[], kind: FaultKind): boolean {
  return list.includes(kind);
}

function matches(spec: FaultSpec, request: ApiRequest): boolean {
  const match = spec.match ?? '*';
  return match === '*' || match === request.source || match === request.path || isLike(match, request.path);
}

/** `/api/v3/stocks/{warehouseId}` stands for that path with any one part in place of the braces. */
function isLike(pattern: string, path: string): boolean {
  const [parts, given] = [pattern.split('/'), path.split('/')];
  const fits = parts.every((part, at) => /^\{\w+\}$/.test(part) || part === given[at]);
  return parts.length === given.length && fits;
}

/** Whether the fault would show: rows can only be missing or repeated where there are some. */
function canBend(spec: FaultSpec, page: Page | undefined): boolean {
  if (spec.kind === 'wrong-shape') {
    const wholes: readonly (Shape | undefined)[] = [undefined, 'wrapper', 'not-a-list'];
    return page === undefined || page.size > 0 || wholes.includes(spec.shape);
  }
  const needsRows = spec.kind === 'missing-rows' || spec.kind === 'duplicate-rows';
  return page !== undefined && (!needsRows || page.size > 0);
}

function check(spec: FaultSpec): void {
  const refuse = (what: string): never => {
    throw new AppError('USAGE', `simulator fault: ${what}`);
  };
  if (!FAULT_KINDS.includes(spec.kind)) {
    refuse(`no kind "${spec.kind}" (${FAULT_KINDS.join(', ')})`);
  }
  const match = spec.match ?? '*';
  if (match !== '*' && match !== 'ozon' && match !== 'wildberries' && !match.startsWith('/')) {
    refuse(`match must be a path, ozon, wildberries or *, got "${match}"`);
  }
  if (spec.rate !== undefined && !(spec.rate >= 0 && spec.rate <= 1)) {
    refuse('rate must lie between 0 and 1');
  }
  for (const name of ['times', 'after', 'ms', 'retrySeconds', 'count'] as const) {
    if (spec[name] !== undefined && !(spec[name] >= 0)) {
      refuse(`${name} must be a number, not negative`);
    }
  }
  if (spec.kind === 'status' && !(Number.isInteger(spec.status) && Number(spec.status) >= 200)) {
    refuse('kind "status" needs a status of 200 or more');
  }
  if (spec.kind === 'problem' && !(spec.problem !== undefined && PROBLEM_NAMES.includes(spec.problem))) {
    refuse(`no problem "${spec.problem}" (${PROBLEM_NAMES.join(', ')})`);
  }
  if (spec.shape !== undefined && !SHAPES.includes(spec.shape)) {
    refuse(`no shape "${spec.shape}" (${SHAPES.join(', ')})`);
  }
}

/** The troubles planned for the calls to come. The first planned one that fits a call takes it, alone. */
export class Faults {
  private active: Active[] = [];
  private readonly previousPages = new Map<string, Page>();
  private created = 0;

  /** Plans a fault. @throws AppError USAGE when the plan makes no sense */
  inject(spec: FaultSpec): FaultHandle {
    check(spec);
    this.created += 1;
    const fault: Active = {
      id: this.created,
      spec,
      random: randomFor(spec.seed ?? 1, 'fault', this.created),
      toSkip: spec.after ?? 0,
      left: spec.times ?? (spec.rate === undefined ? 1 : Number.POSITIVE_INFINITY),
      hits: 0,
    };
    this.active.push(fault);
    return {
      hits: () => fault.hits,
      remove: () => {
        this.active = this.active.filter((one) => one !== fault);
      },
    };
  }

  clear(): void {
    this.active = [];
  }

  /** What is still planned. */
  list(): { spec: FaultSpec; hits: number; left: number }[] {
    return this.active.map(({ spec, hits, left }) => ({ spec, hits, left }));
  }

  /** A fault that answers in the method's place, if one is due. */
  takeReplacing(request: ApiRequest): FaultSpec | undefined {
    return this.take((spec) => includes(REPLACING, spec.kind) && matches(spec, request));
  }

  /**
   * A fault in the answer the method gave, if one is due: in its content only where there is a good answer with
   * content to bend, in its delivery for any good answer.
   */
  takeForAnswer(request: ApiRequest, answer: Answer): FaultSpec | undefined {
    const good = answer.status === 200;
    return this.take((spec) => {
      if (includes(REPLACING, spec.kind) || !matches(spec, request)) {
        return false;
      }
      return good && (!includes(BENDING, spec.kind) || canBend(spec, answer.page));
    });
  }

  /** The page answered last on this path before the one given, which takes its place. */
  swapPage(path: string, page: Page): Page | undefined {
    const previous = this.previousPages.get(path);
    this.previousPages.set(path, page);
    return previous;
  }

  private take(fits: (spec: FaultSpec) => boolean): FaultSpec | undefined {
    // Every plan sees the call, also one that loses it to an earlier plan: `after` counts matching calls.
    const due = this.active.filter((fault) => fits(fault.spec) && this.isDue(fault));
    const [fault] = due;
    if (fault === undefined) {
      return undefined;
    }
    fault.left -= 1;
    fault.hits += 1;
    if (fault.left <= 0) {
      this.active = this.active.filter((one) => one !== fault);
    }
    return fault.spec;
  }

  private isDue(fault: Active): boolean {
    if (fault.toSkip > 0) {
      fault.toSkip -= 1;
      return false;
    }
    return fault.left > 0 && (fault.spec.rate === undefined || fault.random() < fault.spec.rate);
  }
}
