import { cookies } from "next/headers";
import { COOKIE, allows } from "./access";
import { Studio } from "./studio";
import { Door } from "./door";

export default async function Page() {
  return allows((await cookies()).get(COOKIE)?.value) ? <Studio /> : <Door />;
}
