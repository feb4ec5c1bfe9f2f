import { Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import { type Logger, pino } from "pino";
import { createApp } from "./app.ts";
import { type Config, ConfigError, readConfig } from "./config.ts";
import { Jobs } from "./forecasts/jobs.ts";
import { openServices, type Services } from "./services.ts";

/** Milliseconds that requests under way get when the service is told to stop. */
const GRACE = 500;

/** Milliseconds in which a request's headers are there, and all of it, and between looks. Answers may take longer. */
const SLOW_CALLERS = { headersTimeout: 10_000, requestTimeout: 30_000, connectionsCheckingInterval: 5_000 };

function configOrExit(): Config {
  try {
    return readConfig(process.env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`forecast can't start:\n${error.message}\n`);
    process.exit(1);
  }
}

async function servicesOrExit(config: Config, logger: Logger): Promise<Services> {
  try {
    return await openServices(config, logger);
  } catch (error) {
    process.stderr.write(`forecast can't start:\n${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
}

const config = configOrExit();
// No process id or host name: what a log keeps should be of use to its reader.
const logger = pino({ level: config.logLevel, base: { service: "forecast" } });
const services = await servicesOrExit(config, logger);
const jobs = new Jobs(services, services.engine, logger);
const server = createAdaptorServer({ fetch: createApp(services, logger).fetch, serverOptions: SLOW_CALLERS });

server.on("error", (error: NodeJS.ErrnoException) => {
  const where = `${config.host}:${config.port}`;
  const reason = error.code === "EADDRINUSE" ? "is in use; free it or set PORT" : `can't be used: ${error.message}`;
  process.stderr.write(`forecast can't start:\n${where} ${reason}\n`);
  process.exit(1);
});
server.listen(config.port, config.host, () => {
  const address = server.address();
  // Differs from the one asked for where that is 0.
  const port = typeof address === "object" && address ? address.port : config.port;
  logger.info({ host: config.host, port }, "listening");
  jobs.start();
});

function stop(signal: string): void {
  logger.info({ signal }, "stopping");
  const jobsEnded = jobs.stop();
  server.close(async () => {
    await jobsEnded;
    await services.close();
    process.exit(0);
  });
  if (!(server instanceof Server)) return;
  server.closeIdleConnections();
  setTimeout(() => server.closeAllConnections(), GRACE).unref();
}
for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, stop);
