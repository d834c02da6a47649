import { openMemory } from "../../lib/platforms/memory/platform.ts";
import { platformContract } from "./platform.ts";

platformContract("memory", () => openMemory());
