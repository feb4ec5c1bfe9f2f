// Bad requests, generated: whatever a parameter, a header, a body or a path can be that it should not.
import fc from "fast-check";
import { astray } from "./bad-requests/astray.ts";
import { toRoute } from "./bad-requests/routes.ts";
import type { BadRequest, Known } from "./bad-requests/values.ts";
import type { Api } from "./openapi.ts";

export const badRequest = (api: Api, known: Known): fc.Arbitrary<BadRequest> =>
  fc.oneof(
    {
      weight: 9,
      arbitrary: fc
        .constantFrom(...api.operations, ...api.operations.filter(({ body }) => body))
        .chain((operation) => toRoute(operation, api, known)),
    },
    { weight: 2, arbitrary: astray(api, known) },
  );
