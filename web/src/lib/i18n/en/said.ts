/**
 * Better words for what the device says, where its own are for who writes files or programs.
 * As in `../said.ts`: `{}` is a place in what it says, `{1}` and `{2}` are what stood there.
 */
export const said: Record<string, string> = {
  "nothing is kept; the limit is {}": "Nothing is kept; the limit is {1}.",
  "the oldest is of {} UTC, kept for {}": "The oldest is of {1} UTC, kept for {2}.",
  "{}: no picture is shown": "{1}: no picture is shown.",
  "{} until {} UTC": "{1} until {2} UTC.",
  "{} without an end, set by {}: {}": "{1} without an end, set by {2}: {3}",
  "set 'none', or lower the mode for a stated time":
    "Set “No image”, or lower the protection for a stated time.",
  "alarm on {}: {} needs clear_at below raise_at, got {} and {}":
    "Alarm on {1}: “Clear at” must be below “Raise at”; {3} and {4} are not.",
  "alarm on {}: {} needs clear_at above raise_at, got {} and {}":
    "Alarm on {1}: “Clear at” must be above “Raise at”; {3} and {4} are not.",
  "alarm on {}: for_s must not be negative": "Alarm on {1}: “Lasting” must not be negative.",
  "attributes.uniform: red and green are shares of one colour: together at most 1, got {} and {}":
    "Uniforms: red and green are shares of one colour: together at most 1, not {1} and {2}.",
  "period_s: expected a whole number of minutes that divides a day, got {}":
    "An interval has whole minutes and divides a day; {1} seconds do not.",
  "after: expected the position of an event, got {}": "Expected the position of an event, got {1}.",
  "expected at most {} periods, got {}: ask for a longer period_s or a shorter range":
    "At most {1} intervals at once, not {2}: choose longer ones or a shorter range.",
  "to apply a file say which version it replaces: expected=N":
    "To count by a file say which version it replaces.",
  "Input should be {}": "Choose {1}.",
  "Field required": "This is needed.",
  "Extra inputs are not permitted": "There is no such field.",
  "Input should be a finite number": "Give a number.",
  "Input should be a valid number": "Give a number.",
  "Input should be a valid number, unable to parse string as a number": "Give a number.",
  "Input should be a valid integer": "Give a whole number.",
  "Input should be a valid integer, got a number with a fractional part": "Give a whole number.",
  "Input should be a valid integer, unable to parse string as an integer": "Give a whole number.",
  "Input should be greater than {}": "Give more than {1}.",
  "Input should be greater than or equal to {}": "Give {1} or more.",
  "Input should be less than {}": "Give less than {1}.",
  "Input should be less than or equal to {}": "Give {1} or less.",
  "String should have at least {} character": "Give at least {1} character.",
  "String should have at least {} characters": "Give at least {1} characters.",
  "String should have at most {} character": "Give at most {1} character.",
  "String should have at most {} characters": "Give at most {1} characters.",
  "String should match pattern '^[^\\x00-\\x1f]+$'": "Give printable characters on one line.",
  "String should match pattern '^([01][0-9]|2[0-3]):[0-5][0-9]$'": "Give times such as 03:30.",
  "List should have at least {} item after validation, not {}": "Give at least {1}, not {2}.",
  "List should have at least {} items after validation, not {}": "Give at least {1}, not {2}.",
  "List should have at most {} item after validation, not {}": "Give at most {1}, not {2}.",
  "List should have at most {} items after validation, not {}": "Give at most {1}, not {2}.",
};
