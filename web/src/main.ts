import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/parts.css";

import { mount } from "svelte";

import App from "./App.svelte";
import { startLanguage } from "./lib/i18n/index.svelte";
import { startRouting } from "./lib/state/route.svelte";
import { startSession } from "./lib/state/session.svelte";
import { startTheme } from "./lib/state/theme.svelte";

startLanguage();
startTheme();
startRouting();
void startSession();

const target = document.getElementById("app");
if (!target) throw new Error("index.html lacks the element #app");
mount(App, { target });
