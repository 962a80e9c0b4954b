// The program of a page.

import { load } from "./main.js";

load();
