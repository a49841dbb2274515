# Checked by tests and by reading: there was no Docker engine where this was written.
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:24-bookworm-slim
# The charts of reports are drawn with a font of the system's.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends fonts-dejavu-core \
    && rm -rf /var/lib/apt/lists/*
WORKDIR /app
ENV NODE_ENV=production
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/ops ./ops
# Where the scheduler keeps what has run; a volume put here takes over its owner.
RUN install -d -o node -g node -m 0750 /var/lib/inventory-sync
USER node
ENTRYPOINT ["node", "/app/dist/src/cli/index.js"]
CMD ["worker"]
