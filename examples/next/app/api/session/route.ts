import { cookies } from "next/headers";
import { COOKIE, allows, tokenOf } from "../../access";

/** Lets in who knows the code. */
export async function POST(request: Request) {
  const { code } = (await request.json()) as { code?: unknown };
  const token = tokenOf(String(code));
  if (!allows(token)) return new Response(null, { status: 401 });
  (await cookies()).set(COOKIE, token, { httpOnly: true, sameSite: "strict", secure: process.env.NODE_ENV === "production" });
  return new Response(null, { status: 204 });
}
