import { common } from "./common";
import { live } from "./live";
import { sign } from "./sign";

export const de = { ...common, ...sign, ...live };
