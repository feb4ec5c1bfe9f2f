// The service with a cache that keeps nothing and lets nobody wait for another's answer, for `npm run bench forecast-service`.
import { createAdaptorServer } from "@hono/node-server";
import { pino } from "pino";
import { createApp } from "../src/app.ts";
import { readConfig } from "../src/config.ts";
import { Jobs } from "../src/forecasts/jobs.ts";
import { AnswerCache, type Cached } from "../src/http/answer-cache.ts";
import { openServices } from "../src/services.ts";

class NothingKept extends AnswerCache {
  #asked = 0;

  override get(name: string, key: string, _: number, compute: () => Promise<unknown>): Promise<Cached> {
    this.#asked += 1;
    return super.get(name, `${key} ${this.#asked}`, 0, compute);
  }
}

const config = readConfig(process.env);
const services = await openServices(config);
services.cache = new NothingKept();
const logger = pino({ level: config.logLevel });
const jobs = new Jobs(services, services.engine, logger);
createAdaptorServer({ fetch: createApp(services, logger).fetch }).listen(config.port, config.host, () => jobs.start());
process.once("SIGTERM", async () => {
  await jobs.stop();
  await services.close();
  process.exit(0);
});
