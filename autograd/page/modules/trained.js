// The program of a page that trains.

import { load } from "./main.js";
import { Trainer } from "./trainer.js";

load(Trainer);
