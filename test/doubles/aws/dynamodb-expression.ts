import { AwsRefusal } from './store-faults.ts';

/** A value as DynamoDB writes it: `{ S: 'text' }`. */
export type Attribute = Readonly<Record<string, unknown>>;
export type Item = Readonly<Record<string, Attribute>>;

export type Placeholders = {
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, Attribute>>;
};

/** The part of DynamoDB's expressions that the adapter uses; anything else is a `ValidationException`. */
export type Expression = {
  /** Whether an item, or `{}` for none, meets the condition. */
  meets(condition: string, item: Item): boolean;
  /** The item after the update. */
  update(update: string, item: Item): Item;
  /** Fails for placeholders that were given and not used, as DynamoDB does. */
  finish(): void;
};

export function expression({ names, values }: Placeholders): Expression {
  const unused = new Set([...Object.keys(names), ...Object.keys(values)]);
  const name = (token: string): string => {
    unused.delete(token);
    return names[token] ?? invalid(`an attribute without placeholder, or an unknown one: ${token}`);
  };
  const operand = (tokens: Tokens, item: Item): Attribute | undefined => {
    const token = tokens.next();
    if (token.startsWith('#')) return item[name(token)];
    unused.delete(token);
    return values[token] ?? invalid(`an unknown value: ${token}`);
  };
  const isTerm = (tokens: Tokens, item: Item): boolean => {
    if (tokens.takes('(')) {
      const result = isEither(tokens, item);
      tokens.expect(')');
      return result;
    }
    if (tokens.takes('attribute_not_exists')) return argument(tokens, item) === undefined;
    if (tokens.takes('begins_with')) {
      tokens.expect('(');
      const [whole, , start] = [operand(tokens, item), tokens.expect(','), operand(tokens, item)];
      tokens.expect(')');
      return (
        textOf(whole, 'S')?.startsWith(textOf(start, 'S') ?? invalid('a start that is no text')) === true
      );
    }
    const [left, operator, right] = [operand(tokens, item), tokens.next(), operand(tokens, item)];
    return compare(left, operator, right);
  };
  // All parts are read, whatever the first say: an error in a later one must show.
  const isAll = (tokens: Tokens, item: Item): boolean => {
    let result = isTerm(tokens, item);
    while (tokens.takes('AND')) result = isTerm(tokens, item) && result;
    return result;
  };
  const isEither = (tokens: Tokens, item: Item): boolean => {
    let result = isAll(tokens, item);
    while (tokens.takes('OR')) result = isAll(tokens, item) || result;
    return result;
  };
  const argument = (tokens: Tokens, item: Item): Attribute | undefined => {
    tokens.expect('(');
    const value = operand(tokens, item);
    tokens.expect(')');
    return value;
  };
  const assigned = (tokens: Tokens, item: Item): Attribute => {
    if (!tokens.takes('if_not_exists')) return operand(tokens, item) ?? invalid('a missing attribute');
    tokens.expect('(');
    const [found, , other] = [operand(tokens, item), tokens.expect(','), operand(tokens, item)];
    tokens.expect(')');
    return found ?? other ?? invalid('a missing attribute');
  };
  return {
    meets: (condition, item) => {
      const tokens = tokensOf(condition);
      const result = isEither(tokens, item);
      return tokens.isDone() ? result : invalid(condition);
    },
    update: (update, item) => {
      const tokens = tokensOf(update);
      const result: Record<string, Attribute> = { ...item };
      if (tokens.takes('SET')) {
        do {
          const target = name(tokens.next());
          tokens.expect('=');
          const value = assigned(tokens, item);
          result[target] = tokens.takes('+') ? sum(value, assigned(tokens, item)) : value;
        } while (tokens.takes(','));
      }
      if (tokens.takes('REMOVE'))
        do delete result[name(tokens.next())];
        while (tokens.takes(','));
      return tokens.isDone() ? result : invalid(update);
    },
    finish: () => {
      if (unused.size > 0) invalid(`unused in expressions: ${[...unused].join(', ')}`);
    },
  };
}

function invalid(what: string): never {
  throw new AwsRefusal(400, 'ValidationException', `the double does not take: ${what}`);
}

type Tokens = {
  next(): string;
  takes(token: string): boolean;
  expect(token: string): void;
  isDone(): boolean;
};

function tokensOf(text: string): Tokens {
  const tokens = text.match(/[#:]?\w+|<=|>=|<>|[=<>(),+-]|\S/g) ?? [];
  let at = 0;
  const takes = (token: string): boolean => {
    if (tokens[at] !== token) return false;
    at += 1;
    return true;
  };
  return {
    next: () => tokens[at++] ?? invalid(`${text}: ends early`),
    takes,
    expect: (token) => {
      if (!takes(token)) invalid(`${text}: ${tokens[at]} instead of ${token}`);
    },
    isDone: () => at === tokens.length,
  };
}

/** DynamoDB writes numbers and text as text. */
function textOf(value: Attribute | undefined, type: 'N' | 'S'): string | undefined {
  const text = value?.[type];
  return typeof text === 'string' ? text : undefined;
}

/** Values of different types, and missing ones, are never equal, smaller or larger. */
function compare(left: Attribute | undefined, operator: string, right: Attribute | undefined): boolean {
  const type = left !== undefined && 'N' in left ? 'N' : 'S';
  const [a, b] = [textOf(left, type), textOf(right, type)];
  if (a === undefined || b === undefined) return false;
  const order = type === 'N' ? Number(a) - Number(b) : Buffer.compare(Buffer.from(a), Buffer.from(b));
  switch (operator) {
    case '=':
      return order === 0;
    case '<=':
      return order <= 0;
    case '>':
      return order > 0;
    default:
      return invalid(`the operator ${operator}`);
  }
}

function sum(left: Attribute, right: Attribute): Attribute {
  if (!('N' in left) || !('N' in right)) return invalid('a sum of what are no numbers');
  return { N: String(Number(left['N']) + Number(right['N'])) };
}
