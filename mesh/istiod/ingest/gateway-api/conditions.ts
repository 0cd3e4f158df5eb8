/** What is wrong with an object, in the words of a status condition (ConfigError in istio gateway/conditions.go). */
export interface ConfigError {
  reason: string;
  message: string;
}

/** A condition before it is written: an error turns its status around and gives its reason. */
export interface Condition {
  reason: string;
  message: string;
  status?: 'True' | 'False';
  error?: ConfigError | undefined;
}
export type Conditions = { [type: string]: Condition };

export const good = (reason: string, message: string): Condition => ({ reason, message });

/** Several errors as one: the first has the reason. */
export const joined = (a: ConfigError | undefined, b: ConfigError | undefined): ConfigError | undefined =>
  a && b ? { ...a, message: `${a.message}; ${b.message}` } : (a ?? b);
