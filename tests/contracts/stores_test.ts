import { storeContract } from "./store.ts";
import { STORE_PLACES } from "./store_places.ts";

for (const [name, start] of Object.entries(STORE_PLACES)) {
  storeContract(name, start);
}
