import { getRequestListener } from "@hono/node-server";
import { createProxy } from "cometapi-midjourney/proxy";
import { defineConfig, type Connect, type Plugin } from "vite";

/** Adds the key from COMETAPI_KEY, in `vite` and `vite preview`, which this machine alone can reach. */
function midjourneyProxy(): Plugin {
  const listener = getRequestListener(createProxy({ public: true }), { overrideGlobalObjects: false });
  const mount = ({ middlewares }: { middlewares: Connect.Server }) => {
    middlewares.use((request, response, next) => (request.url?.startsWith("/api/mj/") ? listener(request, response) : next()));
  };
  return { name: "midjourney-proxy", configureServer: mount, configurePreviewServer: mount };
}

export default defineConfig({ plugins: [midjourneyProxy()], build: { target: "es2022" } });
