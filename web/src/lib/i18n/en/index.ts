import { common } from "./common";
import { live } from "./live";
import { sign } from "./sign";

export const en = { ...common, ...sign, ...live } as const;
