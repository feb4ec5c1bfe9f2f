// Routes on their own, with the errors of the service.
import { failure } from "../../src/envelope.ts";
import { ApiError } from "../../src/http/api-error.ts";
import { newRouter } from "../../src/http/router.ts";

export function mounted(routes: ReturnType<typeof newRouter>) {
  const app = newRouter();
  app.route("/api", routes);
  app.onError((error, c) => {
    if (error instanceof ApiError) return c.json(failure(error.code, error.message, error.field), error.status);
    throw error;
  });
  const answer = async (response: Response | Promise<Response>) => {
    const { status, headers } = await response;
    const text = await (await response).text();
    const body =
      text === "" ? null : (JSON.parse(text) as { data: Record<string, unknown>; error: { message: string } | null });
    return { status, headers, data: body?.data ?? null, message: body?.error?.message ?? null };
  };
  return {
    get: (path: string, headers: Record<string, string> = {}) => answer(app.request(`/api${path}`, { headers })),
    post: (path: string, json: unknown) =>
      answer(
        app.request(`/api${path}`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(json),
        }),
      ),
  };
}
