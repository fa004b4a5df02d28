export { mac } from '../ui/platform';
