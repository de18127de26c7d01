import { act } from "./act";
import { analytics } from "./analytics";
import { cause } from "./cause";
import { common } from "./common";
import { live } from "./live";
import { privacy } from "./privacy";
import { promise } from "./promise";
import { refusal } from "./refusal";
import { schema } from "./schema";
import { setup } from "./setup";
import { sign } from "./sign";
import { system } from "./system";
import { validation } from "./validation";

export const en = {
  ...common,
  ...sign,
  ...live,
  ...setup,
  ...schema,
  ...analytics,
  ...validation,
  ...privacy,
  ...system,
  ...cause,
  ...act,
  ...promise,
  ...refusal,
} as const;
